@echo off
rem Sets up, builds the tool and runs it: 'train' with the options given, or another verb ('run.cmd inspect model.onnx').
rem Without arguments it trains the built-in detector. A device cuda, or DETECTION_MLNET_CUDA=true, takes the CUDA build of
rem ONNX Runtime.
setlocal
set "VERB="
set "FIRST=%~1"
if "%FIRST%"=="" set "VERB=train"
if "%FIRST:~0,1%"=="-" set "VERB=train"
echo " %* " | findstr /c:"--device cuda" /c:"--device=cuda" >nul && set "DETECTION_MLNET_CUDA=true"
call "%~dp0eng\setup.cmd" || exit /b 1
if "%DETECTION_MLNET_CUDA%"=="" set "DETECTION_MLNET_CUDA=false"
dotnet build "%~dp0src\MLNet.Detection.Tool" -c Release -nologo -v:q -nodeReuse:false "-p:Cuda=%DETECTION_MLNET_CUDA%" ^
    >"%~dp0artifacts\build.log" 2>&1 || (call "%~dp0eng\setup.cmd" --explain "%~dp0artifacts\build.log" & exit /b 1)
dotnet "%~dp0src\MLNet.Detection.Tool\bin\Release\net10.0\mlnet-detect.dll" %VERB% %*
