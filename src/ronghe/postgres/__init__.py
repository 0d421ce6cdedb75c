"""Django's PostgreSQL, with connections that notice for nothing that the server hung up."""
