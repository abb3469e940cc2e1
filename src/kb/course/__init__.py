"""Course kits: what was collected for a course, and the plan that is made of it."""
