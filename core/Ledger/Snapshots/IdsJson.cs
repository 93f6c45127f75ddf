using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Ids, which hold one text and nothing else, as that text; one that stands in many places is one object like any text.</summary>
internal sealed class IdsJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert is { IsValueType: true, IsGenericType: false }
        && StateTypes.GetFields(typeToConvert) is [var only] && only.FieldType == typeof(string);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        StateJson.Make(typeof(Converter<>), typeToConvert);

    private sealed class Converter<T> : JsonConverter<T>
        where T : struct
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var id = default(T);
            if (reader.TokenType != JsonTokenType.Null)
                Unsafe.As<T, string?>(ref id) = Texts(options).Read(ref reader, typeof(string), options);
            return id;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (Unsafe.As<T, string?>(ref value) is { } text)
                Texts(options).Write(writer, text, options);
            else
                writer.WriteNullValue();
        }

        private static JsonConverter<string> Texts(JsonSerializerOptions options) =>
            (JsonConverter<string>)options.GetConverter(typeof(string));
    }
}
