"""OpenStreetMap files as osmium reads them: any order of objects, any editor, bounded memory."""
