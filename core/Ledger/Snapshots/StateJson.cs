using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// Writes and reads what was made of entries, as a whole and by this very build: every field of every type of ours, public or not, in the order of
/// its declaration. No list of members is kept anywhere, so that none can be forgotten; what cannot be kept fails when its type is first asked for.
/// </summary>
internal static class StateJson
{
    private static readonly JsonSerializerOptions Options = Create();

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <exception cref="JsonException">Not what <see cref="Write"/> wrote.</exception>
    public static T Read<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, Options) ?? throw new JsonException("there is nothing");

    /// <summary>
    /// What has to be the same where it is read as where it was written: the fields of all types that are reached, and the build, since what an
    /// entry means may change without a field.
    /// </summary>
    /// <exception cref="NotSupportedException">Something is reached that cannot be kept.</exception>
    public static string ShapeOf<T>()
    {
        var shape = new StringBuilder().Append(typeof(T).Module.ModuleVersionId.ToString("N"));
        foreach (var type in StateTypes.Reached(typeof(T)))
        {
            shape.Append('\n').Append(type);
            foreach (var field in StateTypes.FieldsOf(type))
                shape.Append(' ').Append(field.Name).Append(':').Append(field.FieldType);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape.ToString())).AsSpan(0, 16));
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = 256,
        };
        options.Converters.Add(new ImmutablesJson());
        options.Converters.Add(new FieldsJson());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>A converter of a type that is only known when the program runs.</summary>
    internal static JsonConverter Make(Type converter, params Type[] of) => (JsonConverter)Activator.CreateInstance(converter.MakeGenericType(of))!;
}
