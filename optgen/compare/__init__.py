"""What changed from one optimizer to another: equations, hyper-parameters, flags, states, bytes."""
