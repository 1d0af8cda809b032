"""What runs beside a function, in its process; nothing here is imported by pocketaws."""
