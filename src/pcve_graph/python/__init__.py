"""What `KnowledgeGraph` consists of: its methods by area, their arguments, and what they return."""
