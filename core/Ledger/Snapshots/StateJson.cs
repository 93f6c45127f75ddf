using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// Writes and reads what was made of entries, as a whole and by this very build: every field of every type of ours, public or not, in the
/// order of its declaration. No list of members is kept anywhere, so that none can be forgotten; what cannot be kept fails when its type is
/// first asked for.
/// </summary>
internal static class StateJson
{
    public const int MaxDepth = 256;

    private static readonly JsonSerializerOptions Options = Create();

    public static JsonWriterOptions Written { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static void Write(Utf8JsonWriter writer, object value, Type type) => JsonSerializer.Serialize(writer, value, type, Options);

    /// <exception cref="JsonException">Not what <see cref="Write{T}"/> wrote.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("there is nothing");

    /// <exception cref="JsonException">Not what <see cref="Write(Utf8JsonWriter, object, Type)"/> wrote.</exception>
    public static object Read(ref Utf8JsonReader reader, Type type) =>
        JsonSerializer.Deserialize(ref reader, type, Options) ?? throw new JsonException("there is nothing");

    /// <summary>
    /// What has to be the same where it is read as where it was written: the fields of all types that are reached, and the build of each,
    /// since what an entry means may change without a field.
    /// </summary>
    /// <param name="also">What else has to be the same.</param>
    /// <exception cref="NotSupportedException">Something is reached that cannot be kept.</exception>
    public static string GetShape(IEnumerable<Type> types, string also = "")
    {
        var shape = new StringBuilder(also);
        var reached = types.SelectMany(StateTypes.Reached).Distinct().ToList();
        foreach (var build in reached.Where(StateTypes.IsOurs).Select(static type => type.Module.ModuleVersionId).Distinct().Order())
            shape.Append('\n').Append(build);
        foreach (var type in reached)
        {
            shape.Append('\n').Append(type);
            foreach (var field in StateTypes.GetFields(type))
                shape.Append(' ').Append(field.Name).Append(':').Append(field.FieldType);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape.ToString())).AsSpan(0, 16));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = MaxDepth,
        };
        options.Converters.Add(new SharedTextJson());
        options.Converters.Add(new IdsJson());
        options.Converters.Add(new ImmutablesJson());
        options.Converters.Add(new FieldsJson());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>A converter of a type that is only known when the program runs.</summary>
    internal static JsonConverter Make(Type converter, params Type[] of) =>
        (JsonConverter)Activator.CreateInstance(converter.MakeGenericType(of))!;
}
