"""Release labs, check them, grade a class, export marks: comes with the labs."""
