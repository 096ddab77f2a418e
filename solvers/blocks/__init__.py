"""The blocks method: price what couples, prove independent blocks one by one."""
