@echo off
rem Sets up, builds and runs samples\FineTune with the arguments given; without any it runs the built-in demo.
rem A device cuda, or DETECTION_MLNET_CUDA=true, takes the CUDA build of ONNX Runtime.
setlocal
echo " %* " | findstr /c:"--device cuda" /c:"--device=cuda" >nul && set "DETECTION_MLNET_CUDA=true"
call "%~dp0eng\setup.cmd" || exit /b 1
if "%DETECTION_MLNET_CUDA%"=="" set "DETECTION_MLNET_CUDA=false"
dotnet build "%~dp0samples\FineTune" -c Release -nologo -v:q -nodeReuse:false "-p:Cuda=%DETECTION_MLNET_CUDA%" ^
    >"%~dp0artifacts\build.log" 2>&1 || (type "%~dp0artifacts\build.log" & exit /b 1)
dotnet "%~dp0samples\FineTune\bin\Release\net10.0\FineTune.dll" %*
