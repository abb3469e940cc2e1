"""What the catalogue of practices tells by itself: text logic over `Practice` values, no files, no model, no index."""
