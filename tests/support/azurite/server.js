// Azurite's Blob service on 127.0.0.1 and a port of its own choice, with everything in memory and nothing sent to anybody.
// Prints the address it listens at, and ends with its standard input or after an hour.
"use strict";

process.stdin.resume().on("end", () => process.exit(0));
setTimeout(() => process.exit(0), 3_600_000).unref();
process.argv.push(
  "--blobHost", "127.0.0.1", "--blobPort", process.env.AZURITE_PORT ?? "0",
  "--inMemoryPersistence", "--skipApiVersionCheck", "--extentMemoryLimit", "256", "--disableTelemetry", "--silent");
require("azurite/dist/src/blob/main");
