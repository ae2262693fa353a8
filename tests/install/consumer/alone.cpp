// Linked with the whole of one library: everything that it uses must come with it.
int main() { return 0; }
