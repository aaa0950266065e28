"""What can happen in the network and the rules it happens by. Pure: nothing here opens a database or knows HTTP."""
