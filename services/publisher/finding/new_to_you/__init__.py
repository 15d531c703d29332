"""What a pick has to say to somebody who has read other papers: what it contradicts, beats, extends or repeats."""
