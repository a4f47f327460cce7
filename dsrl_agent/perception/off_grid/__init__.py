"""See objects that stand off the lines of the grid."""
