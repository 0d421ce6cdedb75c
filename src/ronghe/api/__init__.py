"""What other systems ask and send, over the same domain functions that the pages call. No rule lives here."""
