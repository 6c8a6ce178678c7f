"""What is known of each optimizer, schedule and transform of a folder: the one source of lists, book and site."""
