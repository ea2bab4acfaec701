"""Hash banks as others exchange them: lists in files, NCMEC's and StopNCII's exchanges, banks that live elsewhere."""
