"""Write tables, figures and pages."""
