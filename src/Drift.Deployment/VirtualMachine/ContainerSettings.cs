// SPDX-License-Identifier: Apache-2.0

using System.Globalization;
using System.Text.Json.Nodes;

namespace Drift.Deployment;

/// <summary>The container that a release runs in: as restricted as the images that Drift builds allow.</summary>
internal static class ContainerSettings
{
    private const string Nobody = "65532:65532";

    /// <summary>On the machine's own network, at a port of its own, behind nft.</summary>
    /// <param name="release">What runs.</param>
    /// <param name="app">The application.</param>
    /// <param name="port">The port that it is told by <c>PORT</c>.</param>
    /// <param name="memory">How much it may use, in bytes.</param>
    /// <param name="hasUser">Whether the image says who runs it.</param>
    public static JsonObject OnHost(VmRelease release, string app, int port, long memory, bool hasUser)
    {
        var settings = Make(release, app, port, memory, hasUser);
        settings["HostConfig"]!["NetworkMode"] = "host";
        return settings;
    }

    /// <summary>On a network of the engine, which publishes its port.</summary>
    public static JsonObject Published(VmRelease release, string app, int front, long memory, bool hasUser)
    {
        const int Inside = 8080;
        var settings = Make(release, app, Inside, memory, hasUser);
        var port = $"{Inside}/tcp";
        settings["ExposedPorts"] = new JsonObject { [port] = new JsonObject() };
        settings["HostConfig"]!["PortBindings"] = new JsonObject { [port] = new JsonArray(new JsonObject { ["HostPort"] = front.ToString(CultureInfo.InvariantCulture) }) };
        return settings;
    }

    private static JsonObject Make(VmRelease release, string app, int port, long memory, bool hasUser)
    {
        var settings = new JsonObject
        {
            ["Image"] = release.Image,
            ["Env"] = new JsonArray([.. release.Environment.Append(string.Create(CultureInfo.InvariantCulture, $"PORT={port}")).Select(variable => JsonValue.Create(variable))]),
            ["Labels"] = new JsonObject
            {
                ["drift.app"] = app,
                [EngineState.DigestLabel] = release.Digest,
                ["drift.reference"] = release.Reference,
                ["drift.colour"] = release.Colour == Colour.Blue ? "blue" : "green",
            },
            ["HostConfig"] = new JsonObject
            {
                ["ReadonlyRootfs"] = true,
                ["CapDrop"] = new JsonArray("ALL"),
                ["SecurityOpt"] = new JsonArray("no-new-privileges"),
                ["PidsLimit"] = 256,
                ["Memory"] = memory,
                ["LogConfig"] = new JsonObject { ["Type"] = "local", ["Config"] = new JsonObject { ["max-size"] = "10m", ["max-file"] = "3" } },
                // Only who is healthy is started again.
                ["RestartPolicy"] = new JsonObject { ["Name"] = "no" },
            },
        };
        if (!hasUser) settings["User"] = Nobody;
        return settings;
    }
}
