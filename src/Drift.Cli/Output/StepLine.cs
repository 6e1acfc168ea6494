// SPDX-License-Identifier: Apache-2.0

namespace Drift.Cli;

/// <summary>A step of a deployment that begins now, as one line of JSON.</summary>
internal sealed record StepLine(string Event, string Host, string Step, string Text);
