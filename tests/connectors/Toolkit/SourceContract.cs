using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>
/// What the endpoint for deliveries relies on, and every source has to pass, whether a manifest or code reads it: a delivery is judged
/// by its proof alone, is the same event however often it comes, and whatever else may stand in it ends in events or in a
/// <see cref="MalformedEventException"/> that names the place.
/// </summary>
public abstract class SourceContract
{
    private static readonly string[] HostileTexts =
    [
        "", " ", "\0", "\u202Egnp.exe", "{{7*7}}", "<script>alert(1)</script>", "'; DROP TABLE entries; --", "../../etc/passwd", "%s%n%x",
        "\uD83D\uDE00\u0300\u0301", new('x', 200_000), "-1", "99999999999999999999999999", "NaN", "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z", "2026-13-45T99:99:99Z",
    ];

    /// <summary>A delivery of one event, as the vendor sends it.</summary>
    protected abstract byte[] Delivery { get; }

    protected abstract Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body);

    /// <summary>Whether a delivery proves itself with this proof of its sender.</summary>
    protected abstract Task<bool> IsVerifiedAsync(byte[] body, Proof proof);

    public enum Proof { Right, Wrong, Longer, Empty, None }

    [Fact]
    public async Task A_delivery_that_comes_again_is_the_same_event()
    {
        var first = (await ReadAsync(Delivery)).ShouldHaveSingleItem();
        var again = (await ReadAsync(Delivery)).ShouldHaveSingleItem();
        (again.SourceId, again.AlertKey, again.Status).ShouldBe((first.SourceId, first.AlertKey, first.Status));
    }

    [Fact]
    public async Task Members_in_another_order_and_blanks_between_them_change_nothing()
    {
        var first = (await ReadAsync(Delivery)).ShouldHaveSingleItem();
        var turned = (await ReadAsync(Bytes(Turned(JsonNode.Parse(Delivery)!)))).ShouldHaveSingleItem();
        (turned.SourceId, turned.AlertKey, turned.Title).ShouldBe((first.SourceId, first.AlertKey, first.Title));
    }

    [Theory]
    [InlineData(Proof.Right, true)]
    [InlineData(Proof.Wrong, false)]
    [InlineData(Proof.Longer, false)]
    [InlineData(Proof.Empty, false)]
    [InlineData(Proof.None, false)]
    public async Task A_delivery_counts_with_its_proof_alone(Proof proof, bool counts) =>
        (await IsVerifiedAsync(Delivery, proof)).ShouldBe(counts);

    [Fact]
    public async Task A_member_that_nobody_knows_is_no_reason_to_refuse()
    {
        foreach (var (path, changed) in Changes(static (parent, _) => parent is JsonObject members ? Added(members) : null))
            (await ReadAsync(Bytes(changed))).Count.ShouldBe(1, path);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("-0.5e300")]
    [InlineData("\"a text\"")]
    [InlineData("[]")]
    [InlineData("[[],{}]")]
    [InlineData("{}")]
    [InlineData("""{"a":{"b":[null]}}""")]
    public async Task A_member_that_is_missing_or_of_another_kind_is_told_or_does_not_matter(string? instead)
    {
        foreach (var (path, changed) in Changes((parent, key) => Replaced(parent, key, instead)))
            await MustBeReadOrRefusedAsync(Bytes(changed), path);
    }

    [Fact]
    public async Task A_text_that_means_harm_is_a_text()
    {
        foreach (var text in HostileTexts)
        {
            foreach (var (path, changed) in Changes((parent, key) => Child(parent, key) is JsonValue value && value.TryGetValue<string>(out _)
                ? Replaced(parent, key, JsonValue.Create(text).ToJsonString())
                : null))
                await MustBeReadOrRefusedAsync(Bytes(changed), $"{path} = {text[..Math.Min(20, text.Length)]}");
        }
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "nothing", [] },
        { "a blank", " "u8.ToArray() },
        { "no JSON", "<html>"u8.ToArray() },
        { "null", "null"u8.ToArray() },
        { "a number", "7"u8.ToArray() },
        { "a text", "\"alert\""u8.ToArray() },
        { "an object of nothing", "{}"u8.ToArray() },
        { "a byte that is no UTF-8", [(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'] },
        { "half a surrogate", """{"a":"\ud800"}"""u8.ToArray() },
        { "deep", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 100_000))) },
        { "deep objects", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 50_000))) },
        { "two of one name", """{"id":1,"id":2}"""u8.ToArray() },
        { "two documents", "{}{}"u8.ToArray() },
        { "UTF-16", Encoding.Unicode.GetBytes("{}") },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task What_is_no_delivery_is_refused(string what, byte[] body) =>
        (await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(body), what)).Field.ShouldNotBeEmpty();

    [Fact]
    public async Task A_delivery_that_is_cut_anywhere_is_refused()
    {
        for (var length = 1; length < Delivery.Length; length += Math.Max(1, Delivery.Length / 50))
            await Should.ThrowAsync<MalformedEventException>(() => ReadAsync(Delivery[..length]), $"after {length}");
    }

    private async Task MustBeReadOrRefusedAsync(byte[] body, string what)
    {
        try
        {
            foreach (var one in await ReadAsync(body))
            {
                one.SourceId.ShouldNotBeNullOrWhiteSpace(what);
                one.AlertKey.ShouldNotBeNullOrWhiteSpace(what);
                one.Kind.ShouldNotBeNullOrWhiteSpace(what);
                one.Title.ShouldNotBeNullOrWhiteSpace(what);
            }
        }
        catch (MalformedEventException malformed)
        {
            malformed.Field.ShouldNotBeEmpty(what);
        }
    }

    /// <summary>The delivery changed in one place, for every place that <paramref name="change"/> changes.</summary>
    private IEnumerable<(string Path, JsonNode Changed)> Changes(Func<JsonNode, object, object?> change)
    {
        foreach (var path in Places(JsonNode.Parse(Delivery)!, []))
        {
            var root = JsonNode.Parse(Delivery)!;
            var parent = path[..^1].Aggregate(root, static (at, key) => Child(at, key)!);
            if (change(parent, path[^1]) is not null)
                yield return (string.Join('.', path), root);
        }
    }

    private static IEnumerable<object[]> Places(JsonNode? node, object[] at) => node switch
    {
        JsonObject members => members.SelectMany(one => Places(one.Value, [.. at, one.Key]).Prepend([.. at, one.Key])),
        JsonArray items => items.SelectMany((one, index) => Places(one, [.. at, index]).Prepend([.. at, index])),
        _ => [],
    };

    private static JsonNode? Child(JsonNode parent, object key) => key is string name ? parent[name] : parent[(int)key];

    private static JsonObject Added(JsonObject members)
    {
        members["newinthisversion"] = "new";
        return members;
    }

    /// <param name="instead">JSON; null for the member taken away.</param>
    private static JsonNode Replaced(JsonNode parent, object key, string? instead)
    {
        var value = instead is null ? null : JsonNode.Parse(instead);
        if (parent is JsonArray items)
            items[(int)key] = value;
        else if (instead is null)
            ((JsonObject)parent).Remove((string)key);
        else
            parent[(string)key] = value;
        return parent;
    }

    private static JsonNode? Turned(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Reverse().Select(static one => KeyValuePair.Create(one.Key, Turned(one.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Turned)]),
        _ => node?.DeepClone(),
    };

    private static byte[] Bytes(JsonNode? node) => Encoding.UTF8.GetBytes(node!.ToJsonString(new() { WriteIndented = true }));
}
