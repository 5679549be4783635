"""The door for other systems that lend and reserve for members: NCIP 2.02 over HTTP (NISO Z39.83-1 and -2)."""
