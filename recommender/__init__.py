"""Learning and ranking: pure, synchronous, arrays in and arrays out."""
