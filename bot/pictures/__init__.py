"""Pictures for people: what they show (`cards`), how it is said in words (`alt`), and how it is drawn (`draw`)."""
