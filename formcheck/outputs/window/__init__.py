"""The live coach's window: what is shown (`face`), the picture made of it (`picture`), the window itself (`screen`)."""
