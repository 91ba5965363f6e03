"""What a sync costs on a long history: a new stock file and a thousand orders, beside building all of the path again."""
