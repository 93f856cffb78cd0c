"""One sector: its figures as JSON, sentences, a sheet, a note, a picture of what matters."""
