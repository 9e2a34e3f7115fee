"""From records and sources to sheets of claims."""
