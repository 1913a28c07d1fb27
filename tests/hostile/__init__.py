"""Jobs that mean no good, through the real worker: each ends with its code, in time, and without a trace."""
