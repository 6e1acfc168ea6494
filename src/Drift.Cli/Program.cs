// SPDX-License-Identifier: Apache-2.0

using Drift.Cli;

return await DriftCommand.RunAsync(args, new CliHost(Console.Out, Console.Error)).ConfigureAwait(false);
