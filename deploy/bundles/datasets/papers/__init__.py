"""What is known of papers, whoever reads them."""
