// A tuned detector as a web service that takes corrections, to be tuned on later:
//   dotnet run --project samples/WebService -- --detector tuned.onnx --feedback feedback
//   curl --data-binary @photo.jpg localhost:5000/detect
//   mlnet-detect train --model tuned.onnx --train feedback
using Samples.WebService;

DetectionService.Build(args).Run();
