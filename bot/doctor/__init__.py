"""`finops doctor`: tries everything the bot needs and says what to do about the red lines."""
