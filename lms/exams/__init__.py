"""Theory papers and sittings, practical stations and rubrics, resits."""
