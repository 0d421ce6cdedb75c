"""文稿: papers written, signed and issued at the desk, and the notices everybody reads."""
