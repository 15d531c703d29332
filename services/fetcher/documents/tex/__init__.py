"""Reading TeX as text: groups, arguments, mathematics. Nothing here runs TeX."""
