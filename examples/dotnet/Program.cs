// SPDX-License-Identifier: Apache-2.0

using YamlDotNet.Serialization;

var app = WebApplication.CreateSlimBuilder(args).Build();
var serializer = new SerializerBuilder().Build();
app.MapGet("/", () => serializer.Serialize(new { hello = "from .NET" }));
app.MapGet("/health", () => "OK");
app.Run();
