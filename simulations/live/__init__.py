"""Live role play: a trainer plays the caller, a learner answers, somebody may read along."""
