using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>What differs from one provider's package to another's.</summary>
internal sealed record PackageSettings(Guid AppId, string Domain, string Developer, string Version)
{
    public string? Privacy { get; init; }

    public string? Terms { get; init; }
}

/// <summary>Makes the app package from the files in <c>manifest/</c>, which are built in.</summary>
internal static class PackageTemplate
{
    private static readonly string[] Others = ["color.png", "outline.png", "de.json", "es.json", "fr.json"];

    /// <summary>A zip file knows no earlier time; the same package at any time has the same bytes.</summary>
    private static readonly DateTimeOffset Always = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly JsonSerializerOptions Indented = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    public static byte[] Build(PackageSettings settings)
    {
        using var output = new MemoryStream();
        using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8))
        {
            Add(zip, PackageCheck.Manifest, Encoding.UTF8.GetBytes($"{Fill(settings).ToJsonString(Indented)}\n"));
            foreach (var name in Others)
                Add(zip, name, Read(name));
        }
        return output.ToArray();
    }

    private static JsonNode Fill(PackageSettings settings)
    {
        var values = new Dictionary<string, string>
        {
            ["${{APP_ID}}"] = settings.AppId.ToString(),
            ["${{VERSION}}"] = settings.Version,
            ["${{DEVELOPER}}"] = settings.Developer,
            ["${{DOMAIN}}"] = settings.Domain,
            ["${{PRIVACY_URL}}"] = settings.Privacy ?? $"https://{settings.Domain}/privacy",
            ["${{TERMS_URL}}"] = settings.Terms ?? $"https://{settings.Domain}/terms",
        };
        return Fill(JsonNode.Parse(Read(PackageCheck.Manifest))!, values);
    }

    /// <summary>In the texts themselves, so that no value can add anything but itself.</summary>
    private static JsonNode Fill(JsonNode node, Dictionary<string, string> values) => node switch
    {
        JsonObject members => new JsonObject(
            members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)Fill(member.Value!, values)))),
        JsonArray items => new JsonArray([.. items.Select(item => Fill(item!, values))]),
        _ when node.GetValueKind() == JsonValueKind.String => JsonValue.Create(Fill(node.GetValue<string>(), values)),
        _ => node.DeepClone(),
    };

    private static string Fill(string text, Dictionary<string, string> values) =>
        values.Aggregate(text, static (filled, value) => filled.Replace(value.Key, value.Value, StringComparison.Ordinal));

    private static byte[] Read(string name)
    {
        using var stream = ManifestSchema.Resource(name);
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>Not compressed: what a compressor writes differs from one runtime to the next.</summary>
    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = Always;
        using var file = entry.Open();
        file.Write(content);
    }
}
