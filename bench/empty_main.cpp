// The floor of every process: what the system needs to start and end a static program that does nothing.
int main() { return 0; }
