"""Every statement of SQL, behind one contract."""
