'use strict';
// Prism judges requests by an OpenAPI description on 127.0.0.1, and ends with whoever started it.
const [, , description, port] = process.argv;
process.stdin.resume().on('end', () => process.exit(0));
process.argv = [process.argv[0], 'prism', 'mock', '--errors', description, '-p', port, '-h', '127.0.0.1'];
require('@stoplight/prism-cli/dist/index.js');
