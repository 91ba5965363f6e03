"""The discrete-event simulation: orders played against shelves, suppliers and carriers."""
