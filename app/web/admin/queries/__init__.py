"""What the admin's pages show: reads only, one module for each group of pages."""
