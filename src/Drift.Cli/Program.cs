// SPDX-License-Identifier: Apache-2.0

using Drift.Cli;

return await DriftCommand.RunAsync(args, new CliHost(Writer(Console.OpenStandardOutput()), Writer(Console.OpenStandardError()))).ConfigureAwait(false);

// Console.Out asks about the terminal first, which takes a tenth of what a short command does.
static TextWriter Writer(Stream stream) => TextWriter.Synchronized(new StreamWriter(stream, bufferSize: 1024) { AutoFlush = true });
