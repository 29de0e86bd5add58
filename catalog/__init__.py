"""The music services behind one HTTP door; importing the package imports none of them."""
