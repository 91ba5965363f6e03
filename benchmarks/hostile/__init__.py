"""Files as the world sends them, made by damaging a good file of every feed, with what a truthful reader does with each."""
